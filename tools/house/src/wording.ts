/** The words and openings that `docs/contributing/style.md` lists and the rule `wording` refuses. */

/** A phrase that prose must not hold, with what to write in its place. */
export interface Refusal {
  /** The phrase as the style page shows it. */
  readonly phrase: string;
  readonly found: RegExp;
  readonly instead: string;
}

/** Openings of a comment, an error, a test title or a heading. A clause makes a poor subject. */
export const openings: readonly Refusal[] = [
  ['What', 'Returns …, or a noun phrase'],
  ['Who, Whom, Whose', 'the noun: the worker, the caller'],
  ['How, How many, How long', 'Number of …, Time in ms …'],
  ['Whether', 'True when …'],
  ['Which', 'The … that …'],
  ['Where', 'Folder of …, Topic for …'],
  ['When', 'Time in ms at which …, Called after …'],
  ['Why', 'Reason for …'],
].map(([phrase = '', instead = '']) => ({
  phrase,
  found: new RegExp(`^\\s*(${phrase.split(', ').join('|')})\\b`, 'i'),
  instead,
}));

/** Words and phrases anywhere in prose. They turn code into a person, or lengthen a sentence. */
export const phrases: readonly Refusal[] = [
  ['answer, answers, answered', 'answer(s|ed|ing)?', 'returns, responds; a result, a response'],
  ['tell, tells, told', 'tell(s|ing)?(?! apart)|told', 'reports, passes, receives'],
  ['speak, speaks, spoken', 'speak(s|ing)?|spoke(n)?', 'uses, forwards'],
  ['know, knows, knew', 'know(s|ing)?|knew', 'has, depends on, or the bare fact'],
  ['ask, asks, asked', 'ask(s|ed|ing)?', 'requests, calls'],
  ['want, wants, wanted', 'want(s|ed)?', 'needs, requires'],
  ['trouble, troubles', 'troubl(e|es|ed|ing)', 'affects'],
  ['nobody, somebody, anybody, whoever', 'nobody|somebody|anybody|everybody|whoever', 'the caller, the user, nothing'],
  ['whatever', 'whatever', 'any, every'],
  ['be it', 'be it', 'or'],
  ['of its own, of one’s own', "of (its|their|his|her|your|our|one[’']s) own", 'separate, own, custom'],
  ['that which', '(that|those) which', 'the noun'],
  ['whose turn', 'whose turn', 'next'],
  ['as far as', 'as far as', 'up to, if'],
  ['by itself', 'by itself', 'automatically, alone'],
  ['in hand, in the hands of', 'in hand|in the hands? of', 'current, held by'],
  ['at hand', 'at hand', 'available, in memory'],
  ['anew', 'anew', 'again'],
  ['let go of, lets go of', 'lets? go( of)?', 'releases'],
  ['take back, taken back', '(take|takes|taken|taking|took) back', 'rolls back, undoes'],
  ['is no more', '(is|are) no more(?! than)', 'is gone, was deleted'],
  ['so long', '(?<!as )so long(?! as)', 'for that time'],
].map(([phrase = '', found = '', instead = '']) => ({ phrase, found: new RegExp(`\\b(${found})\\b`, 'gi'), instead }));
