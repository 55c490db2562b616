module.exports = { displayName: 'invoices', transform: {} };
