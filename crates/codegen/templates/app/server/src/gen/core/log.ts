const levels = ["debug", "info", "warn", "error"] as const;
type Level = (typeof levels)[number];

const least = Math.max(0, levels.indexOf((process.env.LOG_LEVEL ?? "info") as Level));

/** Writes one JSON object on a line of its own. */
export function log(level: Level, message: string, details: { [name: string]: unknown } = {}): void {
  if (levels.indexOf(level) < least) return;
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...details })}\n`);
}

/** What the log keeps of an error. */
export function describe(error: unknown): { error: string; stack?: string } {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
}
