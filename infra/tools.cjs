/** @param {{ resolveVariable: (address: string) => Promise<string> }} osls */
module.exports = ({ resolveVariable }) =>
  resolveVariable('sls:stage').then((stage) => require('./tools.ts').toolResources(stage));
