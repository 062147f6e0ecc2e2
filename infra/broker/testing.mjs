/** What the tests' Kafka fixture needs of infra/, in one place, with types beside. */
export { hasImage, dockerProblem, pullImage } from '../docker.mjs';
export { obtainKafkaImage } from '../image/kafka-image.mjs';
export { isRunning, startOf, waitUntil } from '../processes.mjs';
export { containerEnvironment, nodeEnvironment } from './docker-broker.mjs';
export { runningJavaBroker, startJavaBroker } from './java-broker.mjs';
export { javaCluster } from './java-cluster.mjs';
export { findJava, hasJars, javaArguments } from './java.mjs';
export { freePort } from './ports.mjs';
export { brokerAnswers } from './probe.mjs';
export { clusterProperties, nodeListeners } from './properties.mjs';
