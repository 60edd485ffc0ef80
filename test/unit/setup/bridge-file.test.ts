import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { SetupFailedError } from '../../../src/setup/asker.ts'
import { previousAnswers, withConnection } from '../../../src/setup/bridge-file.ts'

const interviewer = '5a4d0c1e-1f2b-4c3d-8e4f-0123456789ab'
const routeYaml = (stage: string) => `connection: lever\nstage: ${stage}\ninterviewer: ${interviewer}`
const addition = (stage = 'AI Interview') => ({
  connection: 'lever',
  connectionYaml: `ats: lever\napiKey: \${LEVER_API_KEY}`,
  routeYaml: routeYaml(stage),
})

describe('bridge.yaml', () => {
  test('is made where there is none', () => {
    expect(parse(withConnection('', addition()))).toEqual({
      connections: { lever: { ats: 'lever', apiKey: `\${LEVER_API_KEY}` } },
      routes: [{ connection: 'lever', stage: 'AI Interview', interviewer }],
    })
  })

  test('keeps other connections, routes and comments', () => {
    const text = [
      '# ours',
      'connections:',
      '  greenhouse: # the old one',
      '    ats: greenhouse',
      'routes:',
      '  - { connection: greenhouse, stage: Phone, interviewer: x }',
      '',
    ].join('\n')
    const after = withConnection(text, addition())
    expect(after).toContain('# ours')
    expect(after).toContain('# the old one')
    expect(Object.keys(parse(after).connections)).toEqual(['greenhouse', 'lever'])
    expect(parse(after).routes).toHaveLength(2)
  })

  test('written twice has one route, whatever the case of the stage', () => {
    const once = withConnection('', addition())
    expect(withConnection(once, addition())).toBe(once)
    expect(parse(withConnection(once, addition('ai interview'))).routes).toHaveLength(1)
    expect(parse(withConnection(once, addition('Phone'))).routes).toHaveLength(2)
  })

  test('loses the example’s route of the same connection', () => {
    const text = `connections: {}\nroutes:\n  - { connection: lever, stage: X, interviewer: aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee }\n`
    expect(parse(withConnection(text, addition())).routes).toHaveLength(1)
  })

  test('keeps of a connection and a route that are there what is not made, comments included', () => {
    const connections = [
      'connections:',
      '  lever:',
      '    ats: lever',
      `    signingTokens: ["\${ANOTHER_TOKEN}"]`,
      `    apiKey: \${LEVER_API_KEY} # rotated in May`,
      `    baseUrl: \${LEVER_URL}`,
      '    performAs: recruiting@example.com',
    ]
    const ours = ['status: draft', 'skills: [TypeScript]', 'customQuestions: ["Why us?"]', 'sendResume: true']
    const more = [...ours, 'additionalFields: { source: lever }', 'applicationIdField: atsId', 'jobs: [Designer]']
    const routes = [
      'routes:',
      `  - interviewer: ${interviewer}`,
      ...['stage: AI interview', 'connection: lever', ...more].map((line) => `    ${line}`),
    ]
    const text = [...connections, ...routes, ''].join('\n')
    const made = [
      'ats: lever',
      `signingTokens: ["\${LEVER_SIGNING_TOKEN}"]`,
      `apiKey: \${LEVER_API_KEY}`,
      'baseUrl: http://127.0.0.1:4013',
    ]
    const after = withConnection(text, { ...addition(), connectionYaml: made.join('\n') }, (value) =>
      value.replace(`\${LEVER_URL}`, 'http://127.0.0.1:4013'),
    )
    const tokens = `["\${ANOTHER_TOKEN}", "\${LEVER_SIGNING_TOKEN}"]`
    const expected = text
      .replace(`["\${ANOTHER_TOKEN}"]`, tokens)
      .replace('    performAs: recruiting@example.com\n', '')
      .replace('    jobs: [Designer]\n', '')
      .replace('AI interview', 'AI Interview')
    expect(parse(after)).toEqual(parse(expected))
    expect(after).toContain('# rotated in May')
  })

  test('takes nothing over from a connection to another ATS', () => {
    const text = 'connections: { lever: { ats: greenhouse, baseUrl: "https://other.example.com" } }\nroutes: []\n'
    expect(parse(withConnection(text, addition())).connections.lever).toEqual({
      ats: 'lever',
      apiKey: `\${LEVER_API_KEY}`,
    })
    expect(previousAnswers(text, 'lever', 'lever').baseUrl).toBeUndefined()
  })

  test('written in braces takes new keys', () => {
    const text = 'connections: { lever: { ats: lever } }\nroutes: []\n'
    const connectionYaml = `ats: lever\n# Why\napiKey: \${LEVER_API_KEY}`
    expect(withConnection(text, { ...addition(), connectionYaml })).toContain(
      `lever: { ats: lever, apiKey: "\${LEVER_API_KEY}" }`,
    )
  })

  test('that cannot be read is left alone', () => {
    expect(() => withConnection('connections: [', addition())).toThrow(SetupFailedError)
    expect(() => withConnection('just words', addition())).toThrow(SetupFailedError)
  })

  test('tells what an earlier set-up answered', () => {
    const text = withConnection('', { ...addition(), connectionYaml: 'ats: lever\nperformAs: r@example.com' })
    const told = { userId: undefined, performAs: 'r@example.com', stage: 'AI Interview', interviewer }
    expect(previousAnswers(text, 'lever', 'lever')).toEqual(told)
    expect(previousAnswers('', 'lever', 'lever').stage).toBeUndefined()
  })
})
