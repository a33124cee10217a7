import { expect, it } from 'vitest';
import { AwsError } from '../../../local/endpoint/errors.ts';
import { refuseWebPages } from '../../../local/endpoint/refuse-web-pages.ts';
import { routeOf } from '../../../local/endpoint/route.ts';

const target = { 'x-amz-target': 'AmazonSSM.GetParameter' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const functions = '/2015-03-31/functions';

it.each([
  ['POST', '/', target, { style: 'json', service: 'ssm' }],
  ['POST', '/', { 'x-amz-target': 'AWSGlue.GetJobs' }, { style: 'json' }],
  ['POST', '/', { 'x-amz-target': 'constructor.x' }, { style: 'json' }],
  ['POST', '/', form, { style: 'query', service: 'sts' }],
  ['POST', `${functions}/f/invocations`, {}, { style: 'rest', service: 'lambda' }],
  ['GET', functions, {}, { style: 'rest', service: 'lambda' }],
  ['GET', functions, target, { style: 'rest', service: 'lambda' }],
  ['GET', '/', target, { style: 'rest' }],
  ['GET', '/', form, { style: 'rest' }],
  ['PUT', functions, {}, { style: 'rest' }],
  ['OPTIONS', '/', target, { style: 'rest' }],
])('takes %s %s with %j for %j', (method, path, headers, route) => {
  expect(routeOf({ method, path, headers })).toEqual(route);
});

const refused = (headers: Readonly<Record<string, string>>): boolean => {
  try {
    refuseWebPages({ method: 'POST', path: '/', headers });
    return false;
  } catch (cause) {
    return cause instanceof AwsError && cause.status === 403;
  }
};

it.each(['127.0.0.1:4566', '127.8.9.10', 'localhost', 'LocalHost:1', '[::1]', '[::1]:4566'])(
  'lets %s be called',
  (host) => expect(refused({ host })).toBe(false),
);

it.each([
  '',
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.evil.example:4566',
  'x127.0.0.1',
  '127.0.0.1@evil.example',
  '0.0.0.0',
  '[::]',
  'localhost:4566/',
  'localhost\nevil',
])('does not let %j be called', (host) => expect(refused({ host })).toBe(true));
