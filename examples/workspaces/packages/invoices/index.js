const { format, priceOf } = require('@example/prices');

exports.invoice = (name, pieces, each) => `${name}: ${format(priceOf(pieces, each))}`;
