const jsc = {
  parser: { syntax: 'ecmascript', jsx: true },
  transform: { react: { runtime: 'automatic' } },
};

module.exports = {
  testEnvironment: 'jsdom',
  transform: { '\\.jsx?$': ['@swc/jest', { jsc }] },
};
