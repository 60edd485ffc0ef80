import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { makeAgent } from '../../../src/http/agent.ts'
import { sandboxInterviewer } from '../../../src/sandbox/interviewflow.ts'
import { type Asker, CancelledError, SetupFailedError } from '../../../src/setup/asker.ts'
import { EnvDraft } from '../../../src/setup/env-draft.ts'
import type { Answers } from '../../../src/setup/guide.ts'
import { setUp } from '../../../src/setup/set-up.ts'
import { silentAsker } from '../../../src/setup/silent-asker.ts'
import { cleanUpAfterEach } from '../../support/clean-up.ts'
import { type SandboxWorld, startSandboxWorld } from '../../support/sandbox-world.ts'

const cleanUp = cleanUpAfterEach()

interface Script {
  readonly asker: Asker
  readonly told: string[]
  /** Questions asked, in order. */
  readonly asked: string[]
}

/** A person who answers each question by the first pattern that fits it; answers of one pattern are used up in turn. */
function person(answers: readonly (readonly [RegExp, ...(string | boolean | readonly string[])[]])[]): Script {
  const left = answers.map(([pattern, ...given]) => ({ pattern, given }))
  const told: string[] = []
  const asked: string[] = []
  const answer = (message: string): never => {
    asked.push(message)
    const found = left.find(({ pattern, given }) => pattern.test(message) && given.length > 0)
    if (found === undefined) throw new CancelledError(`nobody knows: ${message}`)
    return (found.given.length === 1 ? found.given[0] : found.given.shift()) as never
  }
  const ask = (question: { readonly message: string }) => Promise.resolve().then(() => answer(question.message))
  const tell = (text: string) => void told.push(text)
  const asker: Asker = {
    ...silentAsker(tell),
    isInteractive: true,
    secret: ask,
    text: ask,
    choose: ask,
    chooseMany: ask,
    confirm: (message) => ask({ message }),
  }
  return { asker, told, asked }
}

async function world(): Promise<SandboxWorld & { readonly dir: string }> {
  const sandboxes = await startSandboxWorld()
  const dir = mkdtempSync(join(tmpdir(), 'bridge-setup-'))
  cleanUp(() => rmSync(dir, { recursive: true }))
  cleanUp(() => sandboxes.close())
  sandboxes.greenhouse.addJob('Designer')
  sandboxes.greenhouse.addJob('Engineer', ['Review', 'Face to Face'])
  sandboxes.lever.addOpportunity({ name: 'Amara Quillfeather', email: 'a@example.com', posting: 'Designer' })
  return { ...sandboxes, dir }
}

type World = Awaited<ReturnType<typeof world>>

async function run(
  ats: 'greenhouse' | 'lever',
  place: World,
  asker: Asker,
  answers: Answers,
  environment = {},
): Promise<void> {
  const dispatcher = makeAgent()
  try {
    const draft = new EnvDraft({ ...environment, ...envOf(place) }, join(place.dir, '.env'))
    const { host } = new URL(place.vendor.url)
    const given = { vendorUrl: place.vendor.url, linkHost: host, baseUrl: place[ats].url, ...answers }
    await setUp({ ats, answers: given, asker, draft, document: join(place.dir, 'bridge.yaml'), dispatcher })
  } finally {
    await dispatcher.destroy()
  }
}

function envOf({ dir }: World): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(join(dir, '.env'), 'utf8'))
  } catch {
    return {}
  }
}

const yamlOf = ({ dir }: World) => parse(readFileSync(join(dir, 'bridge.yaml'), 'utf8'))

const greenhouseSecrets = ({ vendor, greenhouse }: World) => ({
  INTERVIEWFLOW_API_KEY: vendor.apiKey,
  GREENHOUSE_CLIENT_ID: greenhouse.credential.clientId,
  GREENHOUSE_CLIENT_SECRET: greenhouse.credential.clientSecret,
})

const leverSecrets = ({ vendor, lever }: World) => ({
  INTERVIEWFLOW_API_KEY: vendor.apiKey,
  LEVER_API_KEY: lever.apiKey,
  LEVER_SIGNING_TOKEN: 'a-token',
})

const enough: Answers = { stage: 'AI Interview', interviewer: sandboxInterviewer }

describe('the wizard', () => {
  test('asks again after each answer that does not work, and writes what does', async () => {
    const place = await world()
    const { asker, told, asked } = person([
      [/Address/, 'https://bridge.example.com/'],
      [/API key/, 'wrong-key', place.vendor.apiKey],
      [/Client id/, place.greenhouse.credential.clientId],
      [/Client secret/, 'wrong', place.greenhouse.credential.clientSecret],
      [/Greenhouse user/, '4080'],
      [/every job/, false],
      [/which jobs/, ['Designer']],
      [/which stage/, 'AI Interview'],
      [/interviewer/, '00000000-0000-4000-8000-000000000000', sandboxInterviewer],
      [/note/, 'public'],
      [/custom field/, 'application:ai_interview_link'],
    ])
    await run('greenhouse', place, asker, {})
    const said = told.join('\n')
    expect(said).toContain('InterviewFlowAI refuses this key (401)')
    expect(said).toContain('Greenhouse refuses the credentials')
    expect(said).toContain('InterviewFlowAI knows no interviewer')
    expect(asked.filter((message) => /Client secret/.test(message))).toHaveLength(2)
    expect(yamlOf(place)).toMatchObject({
      connections: {
        greenhouse: {
          ats: 'greenhouse',
          clientSecret: `\${GREENHOUSE_CLIENT_SECRET}`,
          userId: 4080,
          writeBack: [
            { note: { visibility: 'public' } },
            { customField: { on: 'application', key: 'ai_interview_link' } },
          ],
        },
      },
      routes: [
        { connection: 'greenhouse', stage: 'AI Interview', jobs: ['Designer'], interviewer: sandboxInterviewer },
      ],
    })
    expect(said).toContain('https://bridge.example.com/webhooks/greenhouse')
  })

  test('keeps secrets in .env alone, for its owner alone, and shows none', async () => {
    const place = await world()
    const told: string[] = []
    await run(
      'greenhouse',
      place,
      silentAsker((line) => void told.push(line)),
      enough,
      greenhouseSecrets(place),
    )
    const file = join(place.dir, '.env')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const secret = envOf(place)['GREENHOUSE_WEBHOOK_SECRET'] ?? ''
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    const elsewhere = told.join('\n') + readFileSync(join(place.dir, 'bridge.yaml'), 'utf8')
    for (const value of [secret, place.greenhouse.credential.clientSecret, envOf(place)['ADMIN_PASSWORD'] ?? ''])
      expect(elsewhere).not.toContain(value)
  })

  test('stopped half-way goes on from what it has written', async () => {
    const place = await world()
    const first = person([
      [/Address/, ''],
      [/API key/, place.vendor.apiKey],
      [/Client id/, place.greenhouse.credential.clientId],
      [/Client secret/, place.greenhouse.credential.clientSecret],
      [/Greenhouse user/, ''],
    ])
    await expect(run('greenhouse', place, first.asker, {})).rejects.toThrow(CancelledError)
    const secret = envOf(place)['GREENHOUSE_WEBHOOK_SECRET']
    const second = person([
      [/Address|Greenhouse user/, ''],
      [/every job/, true],
      [/which stage/, 'AI Interview'],
      [/interviewer/, sandboxInterviewer],
      [/note/, 'private'],
      [/custom field/, 'none'],
    ])
    await run('greenhouse', place, second.asker, {})
    expect(second.asked.some((message) => /API key|Client/.test(message))).toBe(false)
    expect(envOf(place)['GREENHOUSE_WEBHOOK_SECRET']).toBe(secret)
    expect(yamlOf(place).routes).toHaveLength(1)
  })

  test('does not change a document that is there unless that is agreed to, and then keeps the earlier one', async () => {
    const place = await world()
    const file = join(place.dir, 'bridge.yaml')
    const ours = 'connections: {}\nroutes: []\n# ours\n'
    writeFileSync(file, ours)
    const secrets = greenhouseSecrets(place)
    const asker = silentAsker(() => undefined)
    await expect(run('greenhouse', place, asker, enough, secrets)).rejects.toThrow(/left as it is/)
    expect(readFileSync(file, 'utf8')).toBe(ours)
    await run('greenhouse', place, asker, { ...enough, yes: true }, secrets)
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(ours)
    expect(readFileSync(file, 'utf8')).toContain('# ours')
  })

  test.each([0o600, 0o664])(
    'leaves a document, and the earlier one, to those who could read it: mode %o',
    async (mode) => {
      const place = await world()
      const file = join(place.dir, 'bridge.yaml')
      writeFileSync(file, 'connections: {}\nroutes: []\n')
      chmodSync(file, mode)
      const asker = silentAsker(() => undefined)
      await run('greenhouse', place, asker, { ...enough, yes: true }, greenhouseSecrets(place))
      expect([file, `${file}.bak`].map((one) => statSync(one).mode & 0o777)).toEqual([mode, mode])
    },
  )

  test('shows no secret of a connection that stands beside the new one, and leaves it as it is written', async () => {
    const place = await world()
    const file = join(place.dir, 'bridge.yaml')
    const standing = [
      '  other:',
      '    ats: greenhouse',
      '    webhookSecrets:',
      '    - canary-1',
      '    clientId: id',
      '    clientSecret: canary-2',
      '',
    ].join('\n')
    const route = `- connection: other\n  stage: Review\n  interviewer: ${sandboxInterviewer}\n`
    writeFileSync(file, `connections:\n${standing}routes:\n${route}`)
    const told: string[] = []
    const asker = silentAsker((line) => void told.push(line))
    await run('greenhouse', place, asker, { ...enough, yes: true }, greenhouseSecrets(place))
    expect(told.join('\n')).toContain('+   greenhouse:')
    expect(told.join('\n')).not.toContain('canary')
    expect(readFileSync(file, 'utf8')).toContain(standing)
    expect(readFileSync(file, 'utf8')).toContain(route)
  })

  test('leaves a value as it is that the person does not want replaced, and writes the others', async () => {
    const place = await world()
    writeFileSync(join(place.dir, '.env'), 'INTERVIEWFLOW_API_KEY=the-old-one\n')
    const { asker, told } = person([
      [/Address|Greenhouse user/, ''],
      [/API key/, place.vendor.apiKey],
      [/Replace these values in .*: INTERVIEWFLOW_API_KEY\?/, false],
      [/every job/, true],
      [/note/, 'private'],
      [/custom field/, 'none'],
    ])
    const { INTERVIEWFLOW_API_KEY: _, ...secrets } = greenhouseSecrets(place)
    await run('greenhouse', place, asker, enough, secrets)
    expect(envOf(place)).toMatchObject({
      INTERVIEWFLOW_API_KEY: 'the-old-one',
      INTERVIEWFLOW_BASE_URL: place.vendor.url,
      GREENHOUSE_WEBHOOK_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(told.join('\n')).toContain('Left as they were: INTERVIEWFLOW_API_KEY.')
  })

  test('checks bridge.yaml against a value that was left, not against the new one', async () => {
    const place = await world()
    writeFileSync(join(place.dir, '.env'), 'PUBLIC_URL=not-an-address\n')
    const { asker } = person([
      [/Greenhouse user/, ''],
      [/Replace these values/, false],
      [/every job/, true],
      [/note/, 'private'],
      [/custom field/, 'none'],
    ])
    const answers = { ...enough, publicUrl: 'https://bridge.example.com' }
    await expect(run('greenhouse', place, asker, answers, greenhouseSecrets(place))).rejects.toThrow(
      /this would not work:\n {2}PUBLIC_URL /,
    )
  })

  test('with nobody to ask replaces no value in .env without --yes, and names those that differ', async () => {
    const place = await world()
    const file = join(place.dir, '.env')
    const ours = 'PUBLIC_URL=https://old.example.com\n'
    writeFileSync(file, ours)
    const asker = silentAsker(() => undefined)
    const answers = { ...enough, publicUrl: 'https://new.example.com' }
    await expect(run('greenhouse', place, asker, answers, greenhouseSecrets(place))).rejects.toThrow(
      /has other values for PUBLIC_URL and was left as it is; with --yes they are replaced/,
    )
    expect(readFileSync(file, 'utf8')).toBe(ours)
    await run('greenhouse', place, asker, { ...answers, yes: true }, greenhouseSecrets(place))
    expect(envOf(place)['PUBLIC_URL']).toBe('https://new.example.com')
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(ours)
  })

  test('run again signs in where the connection does, and changes nothing that it does not ask for', async () => {
    const place = await world()
    const file = join(place.dir, 'bridge.yaml')
    const silent = silentAsker(() => undefined)
    await run('greenhouse', place, silent, { ...enough, userId: '4080' }, greenhouseSecrets(place))
    const address = `\${GREENHOUSE_URL}`
    const text = `${readFileSync(file, 'utf8').replaceAll(place.greenhouse.url, address)}    skills: [ TypeScript ]\n`
    writeFileSync(file, text)
    const variables = { ...greenhouseSecrets(place), GREENHOUSE_URL: place.greenhouse.url }
    const signedIn = place.greenhouse.calls.length
    await run('greenhouse', place, silent, { ...enough, baseUrl: undefined, authUrl: undefined }, variables)
    expect(place.greenhouse.calls.length).toBeGreaterThan(signedIn)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('says which permission is missing, and does not go on without one that is vital', async () => {
    const place = await world()
    const sandbox = await startSandboxWorld({
      greenhouse: { credentials: [{ ...place.greenhouse.credential, scopes: ['harvest:candidates:list'] }] },
    })
    cleanUp(() => sandbox.close())
    const asker = silentAsker(() => undefined)
    const refused = run('greenhouse', { ...place, ...sandbox, dir: place.dir }, asker, enough, greenhouseSecrets(place))
    await expect(refused).rejects.toThrow(/lacks the permission harvest:applications:list: tick it/)
  })

  test.each<[string, Answers, RegExp]>([
    ['stage', { ...enough, stage: 'AI Interveiw' }, /no stage "AI Interveiw"; there is "AI Interview"/],
    ['job', { ...enough, jobs: ['Desinger'] }, /no job "Desinger"; there is "Designer"/],
    ['field', { ...enough, field: 'application:ai_link' }, /no field "application:ai_link"/],
    ['interviewer', { ...enough, interviewer: 'x' }, /has the form/],
    ['note', { ...enough, note: 'secret' }, /--note must be/],
    ['address', { ...enough, publicUrl: 'bridge.example.com' }, /The address must/],
  ])('refuses a %s as a flag that does not exist', async (_, answers, expected) => {
    const place = await world()
    const failed = run(
      'greenhouse',
      place,
      silentAsker(() => undefined),
      answers,
      greenhouseSecrets(place),
    )
    await expect(failed).rejects.toThrow(SetupFailedError)
    await expect(failed).rejects.toThrow(expected)
  })

  describe('of a job that shares its name with another', () => {
    const twins = async () => {
      const place = await world()
      const { jobId: id } = place.greenhouse.addJob('Designer')
      return { place, id: String(id), run: run.bind(undefined, 'greenhouse', place) }
    }

    test('writes the id, whether it is a flag or chosen from the list', async () => {
      const { place, id, run: runHere } = await twins()
      const silent = silentAsker(() => undefined)
      await runHere(silent, { ...enough, jobs: [id, 'engineer'] }, greenhouseSecrets(place))
      expect(yamlOf(place).routes).toMatchObject([{ jobs: [id, 'Engineer'] }])
      const { asker } = person([
        [/Address|Greenhouse user/, ''],
        [/every job/, false],
        [/which jobs/, [id]],
        [/note/, 'private'],
        [/custom field/, 'none'],
      ])
      await runHere(asker, { ...enough, yes: true }, greenhouseSecrets(place))
      expect(yamlOf(place).routes).toMatchObject([{ jobs: [id] }])
    })

    test('refuses the name', async () => {
      const { place, id, run: runHere } = await twins()
      const failed = runHere(
        silentAsker(() => undefined),
        { ...enough, jobs: ['Designer'] },
        greenhouseSecrets(place),
      )
      await expect(failed).rejects.toThrow(new RegExp(`may be any of these jobs: .*${id} \\(Designer\\).* Give the id`))
    })
  })

  test('writes a job by its id where the flag gave the id', async () => {
    const place = await world()
    const id = String(place.greenhouse.addJob('Writer').jobId)
    const silent = silentAsker(() => undefined)
    await run('greenhouse', place, silent, { ...enough, jobs: [id] }, greenhouseSecrets(place))
    expect(yamlOf(place).routes).toMatchObject([{ jobs: [id] }])
  })

  test.each<['greenhouse' | 'lever', Answers, string]>([
    ['greenhouse', { userId: '0' }, 'userId: the number of a Greenhouse user is needed'],
    ['greenhouse', { baseUrl: 'harvest' }, 'baseUrl: not an address'],
    ['lever', { performAs: 'a@b.c' }, 'performAs: is not of the right form'],
    [
      'lever',
      { baseUrl: 'https://api.lever.co/v1' },
      'baseUrl: must not end in /v1: the version is added by the bridge',
    ],
    ['lever', { tag: 'x'.repeat(101) }, 'writeBack[1].tag.name: Too big'],
  ])('says in a sentence what is wrong with a setting: %s %j', async (ats, answers, expected) => {
    const place = await world()
    const secrets = ats === 'lever' ? leverSecrets(place) : greenhouseSecrets(place)
    const silent = silentAsker(() => undefined)
    const failed = run(ats, place, silent, { ...enough, ...answers }, secrets)
    await expect(failed).rejects.toThrow(SetupFailedError)
    await expect(failed).rejects.toThrow(expected)
  })

  test('refuses a kind of note that Lever has not, rather than write one that more people may read', async () => {
    const place = await world()
    const silent = silentAsker(() => undefined)
    const failed = run('lever', place, silent, { ...enough, note: 'private' }, leverSecrets(place))
    await expect(failed).rejects.toThrow('--note must be secret or none, or left out; not "private".')
  })

  test.each<[string, Answers, unknown]>([
    ['a plain note', {}, [{ note: {} }]],
    [
      'a secret note and a tag',
      { note: 'secret', tag: 'sent' },
      [{ note: { secret: true } }, { tag: { name: 'sent' } }],
    ],
    ['the links alone', { note: 'none', link: true }, [{ link: {} }]],
    ['a secret note where no place is left', { note: 'none' }, [{ note: { secret: true } }]],
  ])('puts the link of Lever into %s, as told by flags', async (_, answers, writeBack) => {
    const place = await world()
    const silent = silentAsker(() => undefined)
    await run('lever', place, silent, { ...enough, ...answers }, leverSecrets(place))
    expect(yamlOf(place).connections.lever).toMatchObject({ writeBack })
  })

  test('makes Lever’s webhooks once, and stores each token as soon as it is told', async () => {
    const place = await world()
    const secrets = { INTERVIEWFLOW_API_KEY: place.vendor.apiKey, LEVER_API_KEY: place.lever.apiKey }
    const answers = {
      ...enough,
      registerWebhook: true,
      publicUrl: 'https://bridge.example.com',
      tag: 'ai-sent',
      yes: true,
    }
    const told: string[] = []
    const asker = silentAsker((line) => void told.push(line))
    await expect(run('lever', place, asker, { ...answers, stage: 'Nowhere' }, secrets)).rejects.toThrow(/no stage/)
    const tokens = [envOf(place)['LEVER_SIGNING_TOKEN'], envOf(place)['LEVER_SIGNING_TOKEN_2']]
    expect(tokens).toEqual([expect.stringMatching(/^[0-9a-f]{48}$/), expect.stringMatching(/^[0-9a-f]{48}$/)])
    await run('lever', place, asker, answers, secrets)
    const made = place.lever.calls.filter(({ operation }) => operation === 'create-webhook')
    expect(made.map(({ requestBody }) => requestBody)).toEqual([
      { event: 'candidateStageChange', url: 'https://bridge.example.com/webhooks/lever' },
      { event: 'candidateDeleted', url: 'https://bridge.example.com/webhooks/lever' },
    ])
    expect(told.join('\n')).toContain('A Super Admin must switch on')
    expect(yamlOf(place).connections.lever.signingTokens).toEqual([
      `\${LEVER_SIGNING_TOKEN}`,
      `\${LEVER_SIGNING_TOKEN_2}`,
    ])
    rmSync(join(place.dir, '.env'))
    await expect(run('lever', place, asker, answers, secrets)).rejects.toThrow(/has a webhook candidateStageChange/)
  })

  test('makes of Lever’s webhooks the one that failed before, and not the other again', async () => {
    const place = await world()
    const { LEVER_SIGNING_TOKEN: _, ...secrets } = leverSecrets(place)
    const answers = { ...enough, connection: 'eu', registerWebhook: true, publicUrl: 'https://bridge.example.com' }
    const variables = { ...secrets, EU_API_KEY: place.lever.apiKey, EU_SIGNING_TOKEN: 'the-token-of-the-first' }
    const silent = silentAsker(() => undefined)
    await run('lever', place, silent, answers, variables)
    const made = place.lever.calls.filter(({ operation }) => operation === 'create-webhook')
    expect(made.map(({ requestBody }) => requestBody)).toEqual([
      { event: 'candidateDeleted', url: 'https://bridge.example.com/webhooks/eu' },
    ])
    expect(envOf(place)['EU_SIGNING_TOKEN_2']).toMatch(/^[0-9a-f]{48}$/)
    const tokens = ['EU_SIGNING_TOKEN', 'EU_SIGNING_TOKEN_2']
    expect(yamlOf(place).connections.eu.signingTokens).toEqual(tokens.map((name) => `\${${name}}`))
  })

  test('tells to make the webhooks of a connection of another name at its own address', async () => {
    const place = await world()
    const { asker, told } = person([
      [/Address|E-mail address|Tag/, ''],
      [/Signing token of Candidate Stage Change/, 'a-token'],
      [/another token|every job|among the person’s links/, false],
      [/which jobs/, ['Designer']],
      [/stand in a note/, true],
    ])
    const { LEVER_SIGNING_TOKEN: _, ...secrets } = leverSecrets(place)
    await run('lever', place, asker, { ...enough, connection: '2' }, { ...secrets, _2_API_KEY: place.lever.apiKey })
    expect(told.join('\n')).toContain('add https://<your host>/webhooks/2 for Candidate Stage Change')
    expect(yamlOf(place).routes).toMatchObject([{ connection: '2' }])
  })
})
