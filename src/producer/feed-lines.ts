import { sendDeadLetters } from '../broker/dead-letter-writer.js';
import type { LaneWriter } from '../broker/lane-writer.js';
import type { PipelineTopics } from '../broker/topics.js';
import { readFixLines, type LineResult } from './feeds/lines.js';
import { FixSender, unsentLetter } from './fix-sender.js';

/** Where lines go, and what happens to those that are no fixes. */
export interface FeedOptions {
  readonly writer: LaneWriter;
  readonly topics: PipelineTopics;
  readonly lanes: number;
  /** What is read, for the dead letters: a file's name, or `-`. */
  readonly source: string;
  readonly onBadLine: (line: Extract<LineResult, { ok: false }>) => void;
}

/** What was sent. */
export interface FeedResult {
  readonly fixes: number;
  /** Lines that went to the dead-letter topic. */
  readonly badLines: number;
}

/**
 * Sends the fixes in lines of CSV or JSON to the input topic, as they arrive. A line that is none
 * goes to the dead-letter topic with its number.
 *
 * @throws {CsvHeaderError} INVALID_HEADER if the first line of CSV lacks a column
 */
export async function feedLines(
  chunks: AsyncIterable<Uint8Array | string>,
  options: FeedOptions,
): Promise<FeedResult> {
  const sender = new FixSender(options.writer, options.topics, options.lanes);
  let fixes = 0;
  let badLines = 0;
  for await (const result of readFixLines(chunks)) {
    if (result.ok) {
      await sender.send(result.fix);
      fixes += 1;
      continue;
    }
    badLines += 1;
    options.onBadLine(result);
    const { code, message, text, line } = result;
    const headers = { source: Buffer.from(options.source), line: Buffer.from(String(line)) };
    const unsent = { lane: 0, key: null, value: Buffer.from(text), code, message, headers };
    const letter = unsentLetter(options.topics.fixes, unsent);
    await sendDeadLetters(options.writer, options.topics.deadLetter, [letter]);
  }
  await sender.flush();
  return { fixes, badLines };
}
