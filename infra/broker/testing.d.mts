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
  /** A command that runs java, such as nsenter. */
  readonly within?: readonly string[];
}

/** A node of a cluster. */
export interface KafkaNode {
  /** "host:port" for clients. */
  readonly endpoint: string;
  /** "host:port" where the proxy in front of it leads. */
  readonly proxied: string;
  /** Starts it, on what it has written before. Resolves when it answers as a part of its cluster. */
  start(): Promise<void>;
  /** SIGTERM: its lanes are handed over first. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string | undefined;
}

export function startJavaBroker(options: JavaBrokerOptions): Promise<JavaBroker>;
export function javaCluster(options: {
  readonly dataDir: string;
  readonly proxyPorts: readonly number[];
}): Promise<KafkaNode[]>;
/** The arguments for java that run a class of Kafka's. */
export function javaArguments(options: {
  readonly mainClass: string;
  readonly args: readonly string[];
  readonly loggingFile: string;
}): string[];
export function runningJavaBroker(dataDir: string): JavaBroker | undefined;
export function findJava(): Promise<
  { java: string; problem?: undefined } | { java?: undefined; problem: string }
>;
export function hasJars(): boolean;
export function dockerProblem(): Promise<string | undefined>;
export function hasImage(name: string): Promise<boolean>;
export function pullImage(name: string): Promise<boolean>;
export function obtainKafkaImage(report?: (detail: string) => void): Promise<string>;
export function containerEnvironment(host: string, port: number): Record<string, string>;
export function nodeEnvironment(
  properties: Readonly<Record<string, string>>,
  clusterId: string,
): Record<string, string>;
export const clusterProperties: Readonly<Record<string, string>>;
export function nodeListeners(node: {
  readonly id: number;
  readonly bind: string;
  readonly ports: Readonly<Record<'client' | 'proxied' | 'controller' | 'internal', number>>;
  readonly self: string;
  readonly advertised: string;
  readonly proxy: string;
  readonly voters: string;
}): Record<string, string>;
export function freePort(preferred?: number): Promise<number>;
export function brokerAnswers(host: string, port: number): Promise<boolean>;
export function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean>;
export function startOf(pid: number): string | undefined;
export function isRunning(identity: ProcessIdentity): boolean;
