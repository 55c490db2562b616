'use strict';

/** Quicksort with insertion sort for short ranges: many branches, little work in each. */
function sort(values, low = 0, high = values.length - 1) {
  while (low < high) {
    if (high - low < 12) {
      for (let index = low + 1; index <= high; index += 1) {
        const value = values[index];
        let at = index;
        while (at > low && values[at - 1] > value) {
          values[at] = values[at - 1];
          at -= 1;
        }
        values[at] = value;
      }
      return values;
    }
    const pivot = values[(low + high) >> 1];
    let left = low;
    let right = high;
    while (left <= right) {
      while (values[left] < pivot) left += 1;
      while (values[right] > pivot) right -= 1;
      if (left <= right) {
        const swapped = values[left];
        values[left] = values[right];
        values[right] = swapped;
        left += 1;
        right -= 1;
      }
    }
    if (right - low < high - left) {
      sort(values, low, right);
      low = left;
    } else {
      sort(values, left, high);
      high = right;
    }
  }
  return values;
}

module.exports = { sort };
