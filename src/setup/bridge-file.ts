import { type Document, isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml'
import { comparable } from '../domain/delivery.ts'
import { SetupFailedError } from './asker.ts'
import type { Previous } from './guide.ts'
import { type Fill, mergeInto } from './merge-groups.ts'

/** Interviewer of the example that people copy. */
const EXAMPLE_INTERVIEWER = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'

/** Lists of secrets: another webhook's, or one that is being rotated, is not the wizard's to take out. */
const SECRETS = ['webhookSecrets', 'signingTokens']
/** What the wizard asks for and may be answered with nothing. */
const LEFT_OUT = { connection: ['userId', 'performAs'], route: ['jobs'] }

/** A list as deep as its key. */
const hasListAtKey = /^([ \t]*)[\w"'-]+[ \t]*:[ \t]*(?:#.*)?\n(?:[ \t]*#.*\n)*\1- /m

const asItIs: Fill = (text) => text

const FRESH = `# Connections and routes of Interview Link Bridge, made by: bridge setup. Every key, with comments: src/config/bridge.example.yaml
# \${NAME} takes a variable of the environment or of .env.

connections: {}

routes: []
`

/** One connection and one route, as YAML with comments. */
export interface Addition {
  readonly connection: string
  /** The connection's group of keys. */
  readonly connectionYaml: string
  /** The route's group of keys. */
  readonly routeYaml: string
}

/**
 * The document with a connection and a route put in. Where the connection is there already, or a route with the same
 * connection, stage and interviewer, the keys that are made are set in it and every other key stays. Everything else
 * stays as it was, comments included.
 * @param text the document so far, empty for none
 * @throws SetupFailedError it is there and is no such document
 */
export function withConnection(text: string, addition: Addition, fill = asItIs): string {
  const document = parseDocument(text.trim() === '' ? FRESH : text)
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new SetupFailedError(
      'bridge.yaml is there but is not readable YAML. Correct it, or move it away, and begin again.',
    )
  putConnection(document, addition, fill)
  putRoute(document, addition, fill)
  // Lists as deep as they are written, or every one of them would change.
  return document.toString({ lineWidth: 0, indentSeq: !hasListAtKey.test(text) })
}

function putConnection(document: Document, { connection, connectionYaml }: Addition, fill: Fill): void {
  const made = parseDocument(connectionYaml).contents as YAMLMap
  const connections = document.get('connections')
  if (isMap(connections)) connections.flow = false
  else document.set('connections', document.createNode({}))
  const standing = document.getIn(['connections', connection])
  if (isMap(standing) && standing.get('ats') === made.get('ats'))
    mergeInto(standing, made, { united: SECRETS, left: LEFT_OUT.connection, fill })
  else document.setIn(['connections', connection], made)
}

function putRoute(document: Document, { routeYaml }: Addition, fill: Fill): void {
  const made = parseDocument(routeYaml).contents as YAMLMap
  const routes = routesOf(document)
  routes.items = routes.items.filter((item) => !isExample(item, made))
  const standing = routes.items.filter(isMap).find((item) => isSame(item, made))
  if (standing === undefined) routes.add(made)
  else mergeInto(standing, made, { left: LEFT_OUT.route, fill })
  routes.flow = false
}

function routesOf(document: Document): YAMLSeq {
  const routes = document.get('routes')
  if (isSeq(routes)) return routes
  const made = new YAMLSeq()
  document.set('routes', made)
  return made
}

const saysSame = (item: YAMLMap, route: YAMLMap, key: string): boolean =>
  comparable(String(item.get(key) ?? '')) === comparable(String(route.get(key) ?? ''))

const isSame = (item: YAMLMap, route: YAMLMap): boolean =>
  ['connection', 'stage', 'interviewer'].every((key) => saysSame(item, route, key))

const isExample = (item: unknown, route: YAMLMap): boolean =>
  isMap(item) && item.get('interviewer') === EXAMPLE_INTERVIEWER && saysSame(item, route, 'connection')

/** What the document says of a connection so far, if it is to this ATS, and of its last route. */
export function previousAnswers(text: string, connection: string, ats: string, fill = asItIs): Previous {
  const document = parseDocument(text)
  const told = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? fill(String(value)) : undefined
  const isOurs = document.getIn(['connections', connection, 'ats']) === ats
  const own = (key: string) => (isOurs ? told(document.getIn(['connections', connection, key])) : undefined)
  const routes = document.get('routes')
  const items = isSeq(routes) ? routes.items.filter(isMap) : []
  const route = items.findLast((item) => item.get('connection') === connection)
  const interviewer = told(route?.get('interviewer'))
  return {
    userId: own('userId'),
    performAs: own('performAs'),
    baseUrl: own('baseUrl'),
    authUrl: own('authUrl'),
    stage: told(route?.get('stage')),
    interviewer: interviewer === EXAMPLE_INTERVIEWER ? undefined : interviewer,
  }
}
