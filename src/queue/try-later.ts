/** Tells the queue when to come back; its text is the reason and nothing else, since BullMQ keeps it. */
export class TryLater extends Error {
  override readonly name = 'TryLater'
  readonly delayMs: number
  constructor(reason: string, delayMs: number) {
    super(reason)
    this.delayMs = delayMs
  }
}
