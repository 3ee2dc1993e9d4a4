/** A key in a window from `start` to before `end`, in ms. Sessions and sliding windows include their `end`. */
export interface WindowKey<K> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
}
