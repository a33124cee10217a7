/** @param {{ options: { param?: readonly string[] } }} osls */
module.exports = ({ options }) => require('./given.ts').checkGiven(options.param ?? []);
