/** Returns the brokers as one string, separated by commas. */
export const brokersOf = (brokers: string | readonly string[]): string => [brokers].flat().join(',');
