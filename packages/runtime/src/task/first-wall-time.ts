/** When a schedule on wall time is due first, which is made at `now`: whole intervals, in ms, after its anchor if it has one. */
export const firstWallTime = (now: number, interval: number, anchor: number | undefined): number => {
  if (anchor === undefined) return now + interval;
  return anchor > now ? anchor : anchor + Math.ceil((now - anchor) / interval) * interval;
};
