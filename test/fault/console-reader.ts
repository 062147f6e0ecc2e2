import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A record as Kafka's console consumer prints it. */
export interface PrintedRecord {
  readonly lane: number;
  readonly offset: number;
  /** The broker's append time, epoch milliseconds. */
  readonly timestampMs: number;
  readonly key: string;
  readonly value: Buffer;
}

/** How a class of Kafka's is run: a program, and what comes before the class's own arguments. */
export type KafkaTool = (mainClass: string) => {
  readonly program: string;
  readonly args: string[];
};

const consoleConsumer = 'org.apache.kafka.tools.consumer.ConsoleConsumer';

/** The Java client's own limit for closing is 30 s; nothing is left to save here. */
const killAfterMs = 10_000;

/**
 * What Kafka's `Bytes.toString` prints: printable ASCII as it is but for the backslash, and `\xNN`
 * for everything else.
 *
 * @see org.apache.kafka.common.utils.Bytes#toString
 */
export function bytesOf(printed: string): Buffer {
  return Buffer.from(
    printed.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    ),
    'latin1',
  );
}

/** @returns null for a line that is none of the consumer's records, such as its closing words */
export function parsePrinted(line: string): PrintedRecord | null {
  const [time = '', lane = '', offset = '', key = '', value = ''] = line.split('\t');
  const [, ms] = /^(?:LogAppendTime|CreateTime):(\d+)$/.exec(time) ?? [];
  const [, laneNumber] = /^Partition:(\d+)$/.exec(lane) ?? [];
  const [, offsetNumber] = /^Offset:(\d+)$/.exec(offset) ?? [];
  if (ms === undefined || laneNumber === undefined || offsetNumber === undefined) return null;
  return {
    lane: Number(laneNumber),
    offset: Number(offsetNumber),
    timestampMs: Number(ms),
    key: bytesOf(key).toString(),
    value: bytesOf(value),
  };
}

/**
 * Reads a topic with the console consumer of Apache Kafka, the Java client: from its beginning, only
 * what is committed, for as long as it is not stopped.
 */
export class ConsoleReader {
  readonly #child: ChildProcess;
  readonly #records = new Map<string, PrintedRecord>();
  readonly #inOrder: PrintedRecord[] = [];
  readonly #ended: Promise<void>;
  #errors = '';

  constructor(tool: KafkaTool, brokers: readonly string[], topic: string) {
    const { program, args } = tool(consoleConsumer);
    const bytes = 'org.apache.kafka.common.serialization.BytesDeserializer';
    const print = ['timestamp', 'partition', 'offset', 'key'];
    this.#child = spawn(
      program,
      [
        ...args,
        ...['--bootstrap-server', brokers.join(), '--topic', topic],
        ...['--from-beginning', '--isolation-level', 'read_committed'],
        ...['--key-deserializer', bytes, '--value-deserializer', bytes],
        ...print.flatMap((what) => ['--property', `print.${what}=true`]),
        ...['--consumer-property', 'metadata.max.age.ms=2000'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
    }
    this.#child.stderr?.on('data', (text) => {
      this.#errors = (this.#errors + String(text)).slice(-4_000);
    });
  }

  /** In the order in which they were printed, each once: after a rebalance it may print one again. */
  get records(): readonly PrintedRecord[] {
    return this.#inOrder;
  }

  /** @throws {Error} with its last words where it has ended by itself */
  requireRunning(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) return;
    throw new Error(`the console consumer has ended:\n${this.#errors}`);
  }

  /**
   * It may run in a container, to which only a signal that can be caught is passed on. One that waits
   * for brokers that are gone may not hear it: it is killed. Resolves when it has ended.
   */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), killAfterMs);
    await this.#ended;
    clearTimeout(killer);
  }

  #take(line: string): void {
    const record = parsePrinted(line);
    if (record === null) return;
    // A record of the topic has a place of its own: printed twice, it is still one.
    const place = `${record.lane} ${record.offset}`;
    if (this.#records.has(place)) return;
    this.#records.set(place, record);
    this.#inOrder.push(record);
  }
}
