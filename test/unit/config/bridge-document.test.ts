import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documentProblems, interviewer, problemsOf, settingsOf, soundDocument, withRoutes } from './settings-of.ts'

const route = (more = ''): string => `{ connection: main, stage: AI Interview, interviewer: ${interviewer}${more} }`
const connection = (more: string): string =>
  soundDocument.replace('webhookSecrets: [one]', `webhookSecrets: [one], ${more}`)
const routesOf = (...routes: readonly string[]) => settingsOf({ BRIDGE_CONFIG_YAML: withRoutes(...routes) }).routes

describe('a sound document', () => {
  test('gives each connection the output of its ATS’s schema', () => {
    expect(settingsOf().connections).toEqual([
      {
        name: 'main',
        ats: 'hireworks',
        settings: {
          webhookSecrets: ['one'],
          baseUrl: 'https://api.hireworks.example.com',
          writeBack: [{ note: { visibility: 'private' } }],
        },
      },
    ])
  })

  test('gives a route with only what is required, and an id that wording does not change', () => {
    const [plain] = routesOf(route())
    expect(plain).toEqual({
      id: expect.stringMatching(/^rt_/),
      connection: 'main',
      stage: 'AI Interview',
      interviewer,
      sendResume: false,
    })
    const [reworded] = routesOf(
      `{ connection: main, stage: " ai interview ", jobs: [7], interviewer: ${interviewer.toUpperCase()} }`,
    )
    expect(reworded?.id).toBe(plain?.id)
  })

  test('keeps everything that a route can say', () => {
    const more =
      ', jobs: [3485, Designer], status: draft, sendResume: true, skills: [TypeScript], customQuestions: ["Why us?"], additionalFields: { a: b, c: 1, d: true }, applicationIdField: atsId'
    expect(routesOf(route(more))[0]).toMatchObject({
      jobs: ['3485', 'Designer'],
      status: 'draft',
      sendResume: true,
      skills: ['TypeScript'],
      customQuestions: ['Why us?'],
      additionalFields: { a: 'b', c: 1, d: true },
      applicationIdField: 'atsId',
    })
  })

  test('may name a stage by a number', () => {
    expect(routesOf(`{ connection: main, stage: 2708728, interviewer: ${interviewer} }`)[0]?.stage).toBe('2708728')
  })
})

describe('where the document is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-document-'))
  const fromFile = (file: string) => ({ BRIDGE_CONFIG: file, BRIDGE_CONFIG_YAML: undefined })

  test('it is read from the file that BRIDGE_CONFIG names', () => {
    const file = join(folder, 'bridge.yaml')
    writeFileSync(file, soundDocument)
    expect(settingsOf(fromFile(file)).connections[0]?.name).toBe('main')
  })

  test('BRIDGE_CONFIG_YAML goes before the file', () => {
    expect(settingsOf({ BRIDGE_CONFIG: join(folder, 'none.yaml') }).connections[0]?.name).toBe('main')
  })

  test('a missing file is told with its full path and how to begin', () => {
    const file = join(folder, 'none.yaml')
    const [problem, ...rest] = problemsOf(fromFile(file))
    expect(rest).toEqual([])
    expect(problem?.where).toBe('BRIDGE_CONFIG')
    expect(problem?.message).toContain(file)
    expect(problem?.message).toContain('src/config/bridge.example.yaml')
  })

  test('a folder in the file’s place is told as that', () => {
    const file = join(folder, 'folder.yaml')
    mkdirSync(file)
    expect(problemsOf(fromFile(file))[0]?.message).toContain('is a folder')
  })

  test('the example is sound but for the ATSs it names', () => {
    const text = readFileSync(new URL('../../../src/config/bridge.example.yaml', import.meta.url), 'utf8')
    const named = [...text.replace(/^ *#.*$/gm, '').matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, 'value'])
    expect(documentProblems(text, Object.fromEntries(named)).map(({ where }) => where)).toEqual([
      'connections.greenhouse.ats',
    ])
  })
})

describe('what is not YAML', () => {
  test('is told with the line', () => {
    expect(documentProblems('connections:\n  a: 1\nroutes: [1\n')).toEqual([
      { where: expect.stringContaining('line 3'), message: expect.stringContaining('not YAML') },
    ])
  })

  test('is told without the line’s text, which can hold a secret', () => {
    expect(JSON.stringify(documentProblems('a: "canary-7391\nb: ]\n'))).not.toContain('canary')
  })

  test.each([
    ['*canary-7391', 'a value that begins with * needs quotes'],
    ['*canary:7391', 'a value that begins with * needs quotes'],
    ['!canary-7391', 'a value that begins with ! needs quotes'],
    ['!<canary-7391', 'a value that begins with ! needs quotes'],
    ['!c!anary-canary', 'a value that begins with ! needs quotes'],
    ['"\\Ucanary-7391"', 'in double quotes \\ has a meaning; take single ones'],
    ['|canary-7391', 'block scalar header includes extra characters'],
    ['1\n%canary-7391', ''],
    ['@canary-7391', ''],
    ['`canary-7391', ''],
    ['&canary-7391 *canary-7392', ''],
    ['{*canary-7391: 1}', ''],
    ['[canary-7391: 1', ''],
  ])('a secret without quotes, %j, is told with its line and not repeated', (value, message) => {
    const problems = documentProblems(`routes: []\na: ${value}\n`)
    expect(problems[0]).toEqual({
      where: expect.stringMatching(/line [234], column/),
      message: expect.stringContaining(`is not YAML: ${message}`),
    })
    expect(JSON.stringify(problems)).not.toMatch(/anary/)
  })

  test('gets a hint where a placeholder in brackets lacks quotes', () => {
    expect(documentProblems(`a: [\${SECRET}]`)[0]?.message).toContain('needs quotes')
  })

  test('is a key that stands there twice', () => {
    expect(documentProblems('routes: 1\nroutes: 2\n')[0]?.where).toContain('line 2')
  })

  test.each([
    ['nothing at all', '#'],
    ['no connection and no route', 'connections: {}\nroutes: []'],
  ])('%s is refused at both places', (_, document) => {
    expect(documentProblems(document).map(({ where }) => where)).toEqual(['connections', 'routes'])
  })

  test('a list in the document’s place is refused', () => {
    expect(documentProblems('- a')).toEqual([{ where: 'the document', message: 'must be a group of keys' }])
  })
})

describe('unknown keys', () => {
  test.each([
    ['at the top', `${soundDocument}\nroute: []`, 'route', 'routes'],
    ['in a connection', connection('apikey: a'), 'connections.main.apikey', 'apiKey'],
    ['in a route', withRoutes(route(', job: [1]')), 'routes[0].job', 'jobs'],
    ['naming a write target', connection('writeBack: [{ noet: {} }]'), 'connections.main.writeBack[0].noet', 'note'],
    [
      'in a write target',
      connection('writeBack: [{ note: { visiblity: public } }]'),
      'connections.main.writeBack[0].note.visiblity',
      'visibility',
    ],
  ])('%s are told with the nearest known one', (_, document, where, near) => {
    expect(documentProblems(document)).toEqual([{ where, message: `is not a known key; did you mean "${near}"?` }])
  })

  test('far from every known one are told with all of them', () => {
    expect(documentProblems(`${soundDocument}\nsomething: 1`)[0]?.message).toBe(
      'is not a known key; there is "connections", "routes"',
    )
  })
})

describe('wrong values', () => {
  test.each([
    ['connections.main.ats', 'connections: { main: { ats: hirework } }', 'did you mean "hireworks"?'],
    ['connections.main.ats', 'connections: { main: { ats: zzz } }', 'there is "hireworks", "talentpool"'],
    ['connections.main.ats', 'connections: { main: {} }', 'is missing'],
    ['connections.main', 'connections: { main: 3 }', 'must be a group of keys'],
    ['connections.main.webhookSecrets', 'connections: { main: { ats: hireworks } }', 'is missing: a list'],
    ['connections.main.webhookSecrets[0]', 'connections: { main: { ats: hireworks, webhookSecrets: [""] } }', 'empty'],
    ['connections.Main Office', 'connections: { Main Office: { ats: talentpool } }', 'a to z'],
  ])('%s is refused in %s', (where, connections, words) => {
    const problems = documentProblems(`${connections}\nroutes: [${route()}]`)
    expect(problems.filter((problem) => problem.where === where)).toEqual([
      { where, message: expect.stringContaining(words) },
    ])
  })

  test.each([
    ['routes[0].stage', '{ connection: main, stage: " ", interviewer: INTERVIEWER }'],
    ['routes[0].interviewer', '{ connection: main, stage: a, interviewer: abc }'],
    ['routes[0].status', '{ connection: main, stage: a, interviewer: INTERVIEWER, status: hired }'],
    ['routes[0].jobs', '{ connection: main, stage: a, interviewer: INTERVIEWER, jobs: [] }'],
    ['routes[0].jobs[1]', '{ connection: main, stage: a, interviewer: INTERVIEWER, jobs: [a, true] }'],
    ['routes[0].jobs[0]', '{ connection: main, stage: a, interviewer: INTERVIEWER, jobs: [12345678901234567890] }'],
    ['routes[0].sendResume', '{ connection: main, stage: a, interviewer: INTERVIEWER, sendResume: "yes" }'],
    [
      'routes[0].additionalFields.b',
      '{ connection: main, stage: a, interviewer: INTERVIEWER, additionalFields: { b: [1] } }',
    ],
    ['routes[0].connection', '{ connection: mian, stage: a, interviewer: INTERVIEWER }'],
    ['routes[0].connection', '{ stage: a, interviewer: INTERVIEWER }'],
  ])('%s is refused in %s', (where, entry) => {
    const problems = documentProblems(withRoutes(entry.replace('INTERVIEWER', interviewer)))
    expect(problems.map((problem) => problem.where)).toEqual([where])
  })

  test('a route to a connection that is not there is told with the nearest one', () => {
    const [problem] = documentProblems(withRoutes(route().replace('main', 'mian')))
    expect(problem?.message).toContain('did you mean "main"?')
  })

  test('a part that is wrong does not hide the others', () => {
    const problems = documentProblems(
      `connections: { main: { ats: hireworks }, other: { ats: nope } }\nroutes:\n  - ${route(', status: x')}\n  - { connection: gone, stage: a, interviewer: b }\n`,
    )
    expect(problems.map(({ where }) => where).toSorted()).toEqual([
      'connections.main.webhookSecrets',
      'connections.other.ats',
      'routes[0].status',
      'routes[1].connection',
      'routes[1].interviewer',
    ])
  })
})

describe('two routes of one connection, stage and interviewer', () => {
  test.each([
    ['both without jobs', '', ''],
    ['one without jobs', '', ', jobs: [Designer]'],
    ['with a job in common, written differently', ', jobs: [1, Designer]', ', jobs: [" designer "]'],
    ['with an id in common, once as a number', ', jobs: [3485]', ', jobs: ["3485"]'],
  ])('%s are refused: they would cover the same candidates', (_, first, second) => {
    expect(documentProblems(withRoutes(route(first), route(second)))).toEqual([
      { where: 'routes[1]', message: expect.stringContaining('same candidates as routes[0]') },
    ])
  })

  test('with different jobs are refused: they share one memory', () => {
    expect(documentProblems(withRoutes(route(', jobs: [a]'), route(', jobs: [b]')))).toEqual([
      { where: 'routes[1]', message: expect.stringContaining('make them one route') },
    ])
  })

  test('a stage in other letters is the same stage', () => {
    const problems = documentProblems(withRoutes(route(), route().replace('AI Interview', '" ai INTERVIEW "')))
    expect(problems.map(({ where }) => where)).toEqual(['routes[1]'])
  })

  test('another stage or another interviewer makes a route of its own', () => {
    const other = 'bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee'
    expect(
      documentProblems(
        withRoutes(route(), route().replace('AI Interview', 'Screen'), route().replace(interviewer, other)),
      ),
    ).toEqual([])
  })
})
