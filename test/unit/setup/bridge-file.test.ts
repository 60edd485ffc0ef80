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

  test('that cannot be read is left alone', () => {
    expect(() => withConnection('connections: [', addition())).toThrow(SetupFailedError)
    expect(() => withConnection('just words', addition())).toThrow(SetupFailedError)
  })

  test('tells what an earlier set-up answered', () => {
    const text = withConnection('', { ...addition(), connectionYaml: 'ats: lever\nperformAs: r@example.com' })
    const told = { userId: undefined, performAs: 'r@example.com', stage: 'AI Interview', interviewer }
    expect(previousAnswers(text, 'lever')).toEqual(told)
    expect(previousAnswers('', 'lever').stage).toBeUndefined()
  })
})
