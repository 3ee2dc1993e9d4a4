/** The modules that the plugins in `build/` make. */
declare module 'virtual:declarations' {
  const url: string;
  export default url;
}
declare module 'virtual:typescript' {
  const url: string;
  export default url;
}
declare module 'virtual:data' {
  const urls: Readonly<Record<string, string>>;
  export default urls;
}
declare module '*.css';
