/** The price of some pieces; ten and more are cheaper. */
exports.priceOf = (pieces, each) => {
  if (pieces >= 10) {
    return pieces * each * 0.9;
  } else {
    return pieces * each;
  }
};

exports.format = (amount) => `${amount.toFixed(2)} €`;
