/** The tables of opencc-js, which have no types of their own: pairs of texts, separated by a space, and joined by `|`. */
declare module 'opencc-js/dict/*' {
  const pairs: string;
  export default pairs;
}
