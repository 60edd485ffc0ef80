/** A reply that alternates between two kinds, two by two. */
export function pairsOf(reply: readonly string[]): (readonly [string, string])[] {
  return reply.flatMap((one, index) => (index % 2 === 0 ? [[one, reply[index + 1] ?? ''] as const] : []))
}
