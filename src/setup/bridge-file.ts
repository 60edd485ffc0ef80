import { type Document, isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml'
import { comparable } from '../domain/delivery.ts'
import { SetupFailedError } from './asker.ts'
import type { Previous } from './guide.ts'

/** Interviewer of the example that people copy. */
const EXAMPLE_INTERVIEWER = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'

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
 * The document with a connection put in or replaced, and a route put in or, where connection, stage and interviewer are
 * the same, replaced. Everything else stays as it was, comments included.
 * @param text the document so far, empty for none
 * @throws SetupFailedError it is there and is no such document
 */
export function withConnection(text: string, { connection, connectionYaml, routeYaml }: Addition): string {
  const document = parseDocument(text.trim() === '' ? FRESH : text)
  if (document.errors.length > 0 || !isMap(document.contents))
    throw new SetupFailedError(
      'bridge.yaml is there but is not readable YAML. Correct it, or move it away, and begin again.',
    )
  const connections = document.get('connections')
  if (isMap(connections)) connections.flow = false
  else document.set('connections', document.createNode({}))
  document.setIn(['connections', connection], parseDocument(connectionYaml).contents)

  const route = parseDocument(routeYaml).contents as YAMLMap
  const routes = routesOf(document)
  const kept = routes.items.filter((item) => !isReplaced(item, route))
  routes.items = [...kept, route]
  routes.flow = false
  return document.toString({ lineWidth: 0 })
}

function routesOf(document: Document): YAMLSeq {
  const routes = document.get('routes')
  if (isSeq(routes)) return routes
  const made = new YAMLSeq()
  document.set('routes', made)
  return made
}

function isReplaced(item: unknown, route: YAMLMap): boolean {
  if (!isMap(item)) return false
  const same = (key: string) => comparable(String(item.get(key) ?? '')) === comparable(String(route.get(key) ?? ''))
  if (!same('connection')) return false
  return item.get('interviewer') === EXAMPLE_INTERVIEWER || (same('stage') && same('interviewer'))
}

/** What the document says of a connection so far, and of its last route. */
export function previousAnswers(text: string, connection: string): Previous {
  const document = parseDocument(text)
  const told = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined)
  const own = (key: string) => told(document.getIn(['connections', connection, key]))
  const routes = document.get('routes')
  const items = isSeq(routes) ? routes.items.filter(isMap) : []
  const route = items.findLast((item) => item.get('connection') === connection)
  const interviewer = told(route?.get('interviewer'))
  return {
    userId: own('userId'),
    performAs: own('performAs'),
    stage: told(route?.get('stage')),
    interviewer: interviewer === EXAMPLE_INTERVIEWER ? undefined : interviewer,
  }
}
