import { describe, expect, test } from 'vitest'
import { type Alert, type AlertState, decide, nothingKnown, unsent } from '../../../src/alert/decide.ts'
import type { AlertReason, Trouble } from '../../../src/alert/trouble.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

function aTrouble(count = 1, reason: AlertReason = 'field-not-found', connection = 'greenhouse'): Trouble {
  return { connection, reason, count, dead: count }
}

/** Plays what is seen at which time, one look after the other, and gives what was told. */
function play(looks: readonly (readonly [number, readonly Trouble[]])[], from: AlertState = nothingKnown) {
  let state = from
  const told: string[] = []
  for (const [at, troubles] of looks) {
    const decided = decide(state, troubles, at)
    told.push(...decided.alerts.map(({ key, trouble }) => `${at / MINUTE} ${key} ${trouble?.count ?? 'over'}`))
    state = decided.state
  }
  return { told, state }
}

describe('a trouble', () => {
  test('is told once it has stood for 30 s, with all that has gathered by then', () => {
    const looks = [
      [0, [aTrouble(1)]],
      [0.25 * MINUTE, [aTrouble(12)]],
      [0.5 * MINUTE, [aTrouble(30)]],
    ] as const
    expect(play(looks).told).toEqual(['0.5 field-not-found greenhouse 30'])
  })

  test('that passes within 30 s is told by nobody, and begins anew when it comes back', () => {
    const looks = [
      [0, [aTrouble()]],
      [0.25 * MINUTE, []],
      [0.5 * MINUTE, [aTrouble()]],
      [1 * MINUTE, [aTrouble()]],
    ] as const
    expect(play(looks).told).toEqual(['1 field-not-found greenhouse 1'])
  })

  test.each([
    ['stuck', 2],
    ['sweep-late', 5],
    ['sweep-gap', 15],
    ['store-unavailable', 1],
    ['silent', 0.5],
  ] as const)('%s is told after %d minutes', (reason, minutes) => {
    const trouble = aTrouble(1, reason)
    const looks = [
      [0, [trouble]],
      [minutes * MINUTE - 1, [trouble]],
      [minutes * MINUTE, [trouble]],
    ] as const
    expect(play(looks).told).toEqual([`${minutes} ${reason} greenhouse 1`])
  })

  test('is told again when it has grown tenfold, not before', () => {
    const at = (minutes: number, count: number) => [minutes * MINUTE, [aTrouble(count)]] as const
    expect(play([at(0, 3), at(1, 3), at(2, 29), at(3, 30), at(4, 299), at(5, 300)]).told).toEqual([
      '1 field-not-found greenhouse 3',
      '3 field-not-found greenhouse 30',
      '5 field-not-found greenhouse 300',
    ])
  })

  test('of which nothing is counted is not taken for one that grows', () => {
    const at = (minutes: number) => [minutes * MINUTE, [aTrouble(0, 'ats-refusing-key')]] as const
    expect(play([at(0), at(1), at(2)]).told).toEqual(['1 ats-refusing-key greenhouse 0'])
  })

  test('is told again after four hours', () => {
    const at = (ms: number) => [ms, [aTrouble()]] as const
    expect(play([at(0), at(MINUTE), at(MINUTE + 4 * HOUR - 1), at(MINUTE + 4 * HOUR)]).told).toEqual([
      '1 field-not-found greenhouse 1',
      '241 field-not-found greenhouse 1',
    ])
  })

  test('is told to be over once, when it has been away for five minutes without a break', () => {
    const looks = [
      [0, [aTrouble()]],
      [1 * MINUTE, [aTrouble()]],
      [2 * MINUTE, []],
      [6 * MINUTE, [aTrouble()]],
      [7 * MINUTE, []],
      [11 * MINUTE, []],
      [12 * MINUTE, []],
      [13 * MINUTE, []],
    ] as const
    const { told, state } = play(looks)
    expect(told).toEqual(['1 field-not-found greenhouse 1', '12 field-not-found greenhouse over'])
    expect(state.known).toEqual({})
  })

  test('has a message of its own for each connection and each reason', () => {
    const troubles = [aTrouble(2), aTrouble(3, 'field-not-found', 'lever'), aTrouble(4, 'vendor-refused')]
    expect(
      play([
        [0, troubles],
        [MINUTE, troubles],
      ]).told,
    ).toEqual(['1 field-not-found greenhouse 2', '1 field-not-found lever 3', '1 vendor-refused greenhouse 4'])
  })
})

describe('of 25 troubles at once', () => {
  const many = Array.from({ length: 25 }, (_, index) => aTrouble(1, 'field-not-found', `connection-${index}`))
  const first = play([
    [0, many],
    [MINUTE, many],
  ])

  test('20 are told within an hour, and the last of them says so', () => {
    const { alerts } = decide(play([[0, many]]).state, many, MINUTE)
    expect(alerts.map(({ isLastOfHour }) => isLastOfHour)).toEqual([...Array<boolean>(19).fill(false), true])
    expect(first.told).toHaveLength(20)
  })

  test('the others are told when the hour is over', () => {
    const later = play(
      [
        [2 * MINUTE, many],
        [MINUTE + HOUR - 1, many],
        [MINUTE + HOUR, many],
      ],
      first.state,
    )
    expect(later.told).toEqual([20, 21, 22, 23, 24].map((index) => `61 field-not-found connection-${index} 1`))
  })
})

describe('a message that could not be sent', () => {
  const trouble = aTrouble()
  const failing = (state: AlertState, troubles: readonly Trouble[], at: number) => {
    const decided = decide(state, troubles, at)
    return { alerts: decided.alerts, state: unsent(state, decided.state, decided.alerts, at) }
  }

  test('is decided on again, does not count, and is given up after ten minutes', () => {
    let { state } = decide(nothingKnown, [trouble], 0)
    const tries: number[] = []
    for (let at = MINUTE; at <= 30 * MINUTE; at += MINUTE) {
      const failed = failing(state, [trouble], at)
      tries.push(...failed.alerts.map(() => at / MINUTE))
      state = failed.state
    }
    expect(tries).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    expect(decide(state, [trouble], 11 * MINUTE + 4 * HOUR).alerts).toHaveLength(1)
  })

  test('is told with the numbers of the time at which it can be', () => {
    const { state } = failing(decide(nothingKnown, [trouble], 0).state, [trouble], MINUTE)
    const { alerts, state: told } = decide(state, [aTrouble(7)], 2 * MINUTE)
    expect(alerts.map((alert: Alert) => alert.trouble?.count)).toEqual([7])
    expect(told).toEqual({
      known: { 'field-not-found greenhouse': { since: 0, told: { at: 2 * MINUTE, count: 7 } } },
      sentAt: [2 * MINUTE],
    })
  })

  test('that something is over is told later', () => {
    const { state } = play([
      [0, [trouble]],
      [MINUTE, [trouble]],
      [2 * MINUTE, []],
    ])
    const failed = failing(state, [], 8 * MINUTE)
    expect(failed.alerts).toHaveLength(1)
    expect(
      play(
        [
          [9 * MINUTE, []],
          [10 * MINUTE, []],
        ],
        failed.state,
      ).told,
    ).toEqual(['9 field-not-found greenhouse over'])
  })
})
