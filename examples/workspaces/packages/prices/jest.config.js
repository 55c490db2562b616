module.exports = { displayName: 'prices', transform: {} };
