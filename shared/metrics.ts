import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { configOf } from './config.ts';
import type { Metric } from './ports/metric.ts';
import type { Meter } from './ports.ts';

const counted = new Map<Metric, number>();

let metrics: Metrics | undefined;

/** Adds up the counts of an invocation by name; `flushMetrics` writes the sums. */
export const meter: Meter = (name, amount = 1) => {
  counted.set(name, (counted.get(name) ?? 0) + amount);
};

/**
 * Writes the sums as one line in CloudWatch's embedded metric format, in the namespace `Davit`, and starts again at zero.
 * A sum of zero is not written: the alarms treat missing data as zero.
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
