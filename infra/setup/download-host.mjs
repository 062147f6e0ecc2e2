import http from 'node:http';
import https from 'node:https';

const limitMs = 4_000;

function proxyFor() {
  const { HTTPS_PROXY, https_proxy, HTTP_PROXY, http_proxy } = process.env;
  return HTTPS_PROXY || https_proxy || HTTP_PROXY || http_proxy;
}

/** The order in which @tensorflow/tfjs-node looks for the place that it downloads from. */
function baseUrl() {
  const { TFJS_NODE_BASE_URI, npm_config_TFJS_NODE_BASE_URI } = process.env;
  const { TFJS_NODE_CDN_STORAGE, npm_config_TFJS_NODE_CDN_STORAGE, CDN_STORAGE } = process.env;
  return (
    TFJS_NODE_BASE_URI ||
    npm_config_TFJS_NODE_BASE_URI ||
    TFJS_NODE_CDN_STORAGE ||
    npm_config_TFJS_NODE_CDN_STORAGE ||
    CDN_STORAGE ||
    'https://storage.googleapis.com/'
  );
}

/** Asks the proxy for a tunnel to the host, as the package's own download will. */
function throughProxy(proxy, target) {
  const { hostname, port, username, password } = new URL(proxy);
  const auth = Buffer.from(
    `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  ).toString('base64');
  return http.request({
    host: hostname,
    port: port || 80,
    method: 'CONNECT',
    path: `${target.hostname}:${target.port || 443}`,
    headers: username === '' ? {} : { 'Proxy-Authorization': `Basic ${auth}` },
    agent: false,
  });
}

/** Whether the host that @tensorflow/tfjs-node downloads its library from answers within seconds. */
export function downloadHostAnswers() {
  return new Promise((resolve) => {
    const target = new URL(baseUrl());
    const proxy = proxyFor();
    const client = target.protocol === 'http:' ? http : https;
    const request =
      proxy === undefined
        ? client.request(target, { method: 'HEAD', agent: false })
        : throughProxy(proxy, target);
    const answer = (answers) => {
      clearTimeout(timer);
      request.destroy();
      resolve(answers);
    };
    const timer = setTimeout(() => answer(false), limitMs);
    request.on('response', () => answer(proxy === undefined));
    request.on('connect', (response) => answer(response.statusCode === 200));
    request.on('error', () => answer(false));
    request.end();
  });
}
