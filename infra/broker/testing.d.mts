export interface JavaBroker {
  /** "127.0.0.1:port" */
  readonly endpoint: string;
  readonly pid: number;
  /** SIGTERM, and SIGKILL when it is still there after 15 s. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface JavaBrokerOptions {
  /** Where everything of this broker goes; started again on it, it has the same records. */
  readonly dataDir: string;
  /** The port it should have; another free one where that is taken. */
  readonly port?: number;
  /** Kafka's settings beside, or instead of, ours. */
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string | undefined;
}

export function startJavaBroker(options: JavaBrokerOptions): Promise<JavaBroker>;
export function runningJavaBroker(dataDir: string): JavaBroker | undefined;
export function findJava(): Promise<{ java?: string; problem?: string }>;
export function hasJars(): boolean;
export function dockerProblem(): Promise<string | undefined>;
export function hasImage(name: string): Promise<boolean>;
export function pullImage(name: string): Promise<boolean>;
export function obtainKafkaImage(report?: (detail: string) => void): Promise<string>;
export function containerEnvironment(host: string, port: number): Record<string, string>;
export function freePort(preferred?: number): Promise<number>;
export function brokerAnswers(host: string, port: number): Promise<boolean>;
export function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean>;
export function startOf(pid: number): string | undefined;
export function isRunning(identity: ProcessIdentity): boolean;
