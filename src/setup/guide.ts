import type { AtsTools } from '../ats/adapter.ts'
import type { AtsInspector } from '../ats/inspector.ts'
import type { Asker } from './asker.ts'

/** Answers given as flags; absent where the person is to be asked, or a default to be taken. */
export interface Answers {
  readonly connection?: string | undefined
  readonly publicUrl?: string | undefined
  readonly userId?: string | undefined
  readonly performAs?: string | undefined
  readonly stage?: string | undefined
  readonly jobs?: readonly string[] | undefined
  readonly interviewer?: string | undefined
  readonly note?: string | undefined
  readonly field?: string | undefined
  readonly link?: boolean | undefined
  readonly tag?: string | undefined
  readonly sendResume?: boolean | undefined
  readonly baseUrl?: string | undefined
  readonly authUrl?: string | undefined
  readonly vendorUrl?: string | undefined
  readonly linkHost?: string | undefined
  readonly registerWebhook?: boolean | undefined
  readonly yes?: boolean | undefined
}

/** A secret the ATS gives out: asked for hidden, kept in `.env`. */
export interface WantedSecret {
  readonly name: string
  readonly message: string
}

/** What stands in `bridge.yaml` already, by its keys there. */
export type Previous = Readonly<
  Record<'userId' | 'performAs' | 'baseUrl' | 'authUrl' | 'stage' | 'interviewer', string | undefined>
>

/** What a guide works with. */
export interface GuideContext {
  readonly asker: Asker
  readonly answers: Answers
  /** Name of the connection. */
  readonly connection: string
  /** The service's address as the outside sees it; undefined: not known yet. */
  readonly publicUrl: string | undefined
  readonly tools: AtsTools
  /** What `bridge.yaml` says of this connection, to be offered again, or taken where nothing else is answered. */
  readonly previous: Previous
  /** A variable's value so far, from `.env`, the environment or the answers. */
  value(name: string): string | undefined
  /** Keeps a variable for `.env`. @param now written at once, since it cannot be had again */
  keep(name: string, value: string, comment: string, now?: boolean): void
}

/** Who the bridge is at the ATS. */
export interface Identity {
  /** Settings that the ATS's schema takes, secrets filled in; write targets come later. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** One write target as it stands in `bridge.yaml`. */
export type Target = Readonly<Record<string, Readonly<Record<string, string | boolean>>>>

/** What the wizard has to know of an ATS. */
export interface Guide {
  readonly title: string
  /** @param prefix of the variables' names, e.g. `GREENHOUSE` */
  secrets(prefix: string): readonly WantedSecret[]
  /** Asks who the bridge shall be there. Called again where the ATS did not take it. */
  identify(context: GuideContext, prefix: string): Promise<Identity>
  /** Sees to the webhooks' secrets. @returns names of the variables that hold them */
  webhooks(
    context: GuideContext,
    prefix: string,
    identity: Identity,
    inspector: AtsInspector,
  ): Promise<readonly string[]>
  targets(context: GuideContext, inspector: AtsInspector): Promise<readonly Target[]>
  /** The connection's keys but for `ats`, secrets and targets, each a line of YAML with its comment. */
  yamlLines(prefix: string, identity: Identity, secretNames: readonly string[]): readonly string[]
  /** What to click in the ATS, in order. @param hook address for the webhook */
  clicks(hook: string, prefix: string): readonly string[]
}
