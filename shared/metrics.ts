import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { configOf } from './config.ts';
import type { Metric } from './ports/metric.ts';
import type { Meter } from './ports.ts';

const counted = new Map<Metric, number>();

let metrics: Metrics | undefined;

/** Adds up what an invocation counts, by name; `flushMetrics` tells the sums. */
export const meter: Meter = (name, amount = 1) => {
  counted.set(name, (counted.get(name) ?? 0) + amount);
};

/**
 * Writes the sums as one line in CloudWatch's embedded metric format, namespace `Davit`, and starts again.
 * What was not counted, or came to nothing, is not told: an alarm treats missing data as none.
 */
export const flushMetrics = (): void => {
  const sums = [...counted].filter(([, amount]) => amount !== 0);
  counted.clear();
  if (sums.length === 0) {
    return;
  }
  metrics ??= namespaceOf();
  for (const [name, amount] of sums) {
    metrics.addMetric(name, unitOf(name), amount);
  }
  metrics.publishStoredMetrics();
};

const namespaceOf = (): Metrics =>
  new Metrics({
    namespace: 'Davit',
    serviceName: 'davit',
    defaultDimensions: { stage: configOf((env) => env.stage()) },
  });

const unitOf = (name: Metric) => (name.endsWith('Ms') ? MetricUnit.Milliseconds : MetricUnit.Count);
