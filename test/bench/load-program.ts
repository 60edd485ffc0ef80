/**
 * Sends requests that were made beforehand over plain sockets: it spends a fraction of what an HTTP client would, on a
 * machine whose cores the measured program needs.
 */
import { readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { Load, LoadResult } from './load.ts'
import { serveCommands } from './program.ts'

const TICK_MS = 1

function readRequests(file: string): Buffer[] {
  const bytes = readFileSync(file)
  rmSync(file)
  const requests: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at)
    requests.push(bytes.subarray(at + 4, end))
    at = end
  }
  return requests
}

/** The first answer in a text: its end and what kind it is; undefined while it is not whole. */
function readAnswer(text: string): { readonly end: number; readonly kind: string } | undefined {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0)
  const end = headEnd + 4 + length
  if (text.length < end) return undefined
  const word = /"status":"([a-z-]+)"/.exec(text.slice(headEnd, end))?.[1]
  return { end, kind: word === undefined ? text.slice(9, 12) : `${text.slice(9, 12)} ${word}` }
}

/** One connection: sends a request, tells the kind of its answer. */
function makeSender(target: string, onAnswer: (kind: string) => void, onFailure: (error: Error) => void) {
  const { hostname, port } = new URL(target)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    const answer = readAnswer(text)
    if (answer === undefined) return
    text = text.slice(answer.end)
    onAnswer(answer.kind)
  })
  socket.on('error', onFailure)
  socket.on('close', () => onFailure(new Error(`${target} closed the connection`)))
  return { send: (bytes: Buffer) => socket.write(bytes), end: () => socket.removeAllListeners('close').destroy() }
}

let stopAsked: (() => void) | undefined

async function run({ file, targets, connections, perSecond, isEndless = false }: Load): Promise<LoadResult> {
  const requests = readRequests(file)
  const times: number[] = []
  const answers: Record<string, number> = {}
  const done = Promise.withResolvers<void>()
  let isStopping = false
  let underWay = 0
  let next = 0
  stopAsked = () => {
    isStopping = true
    if (underWay === 0) done.resolve()
  }

  const idle: (() => void)[] = []
  const due: number[] = []
  const isOver = () => isStopping || (!isEndless && next >= requests.length)
  const senders = Array.from({ length: connections }, (_, index) => {
    let sentAt = 0
    const goOn = () => {
      if (perSecond !== undefined && due.length === 0) return void idle.push(goOn)
      if (isOver()) return void (underWay === 0 && done.resolve())
      sentAt = due.shift() ?? performance.now()
      underWay += 1
      sender.send(requests[next % requests.length] ?? Buffer.alloc(0))
      next += 1
    }
    const sender = makeSender(
      targets[index % targets.length] ?? '',
      (kind) => {
        times.push(performance.now() - sentAt)
        answers[kind] = (answers[kind] ?? 0) + 1
        underWay -= 1
        if (isOver() && underWay === 0) done.resolve()
        else goOn()
      },
      done.reject,
    )
    return { ...sender, goOn }
  })

  const startedAt = performance.now()
  for (const { goOn } of senders) goOn()
  let planned = 0
  const timer = setInterval(() => {
    if (perSecond === undefined) return
    const wanted = Math.min(requests.length, Math.floor(((performance.now() - startedAt) / 1000) * perSecond) + 1)
    for (; planned < wanted; planned += 1) due.push(startedAt + (planned * 1000) / perSecond)
    while (due.length > 0 && idle.length > 0) idle.shift()?.()
  }, TICK_MS)
  try {
    await done.promise
  } finally {
    clearInterval(timer)
    stopAsked = undefined
    for (const sender of senders) sender.end()
  }
  const sorted = Float64Array.from(times).sort()
  return {
    requests: times.length,
    perSecond: times.length / ((performance.now() - startedAt) / 1000),
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    answers,
  }
}

serveCommands({ run, stop: () => stopAsked?.() })
