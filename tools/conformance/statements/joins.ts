import { Table } from '@kstreams/core';
import { by, within } from 'kstreams';
import { foreignKeys, joiners, keyFunctions } from '../functions/index.js';
import { type Any, type Builders, type Building, pick, stored, text } from './building.js';

/** Joins of streams and tables, by key. */
const join =
  (kind: 'join' | 'leftJoin' | 'outerJoin') =>
  ({ statement, config, from, other }: Building): Any => {
    const joiner = pick(joiners, statement.joiner, 'joiner');
    if (from instanceof Table) return (from as Any)[kind](other, joiner, stored(statement));
    if (statement.windows !== undefined) {
      const { before, after, grace } = statement.windows;
      const self = config.topologyOptimization === 'all' && from === other ? 'as-one' : 'as-two';
      return from[kind](other, within({ before, after, grace, self }), joiner, { value: text });
    }
    if (statement.key !== undefined)
      return from[kind](other, by(pick(keyFunctions, statement.key, 'key') as Any), joiner, { value: text });
    return from[kind](other, joiner, { value: text, grace: statement.grace });
  };

/** Joins of two tables by a foreign key in the left rows. */
const foreignJoin =
  (kind: 'join' | 'leftJoin') =>
  ({ statement, from, other }: Building): Any => {
    const joiner = pick(joiners, statement.joiner, 'joiner');
    return from[kind](other, by(pick(foreignKeys, statement.fk, 'fk') as Any), joiner, stored(statement));
  };

export const joinStatements: Builders = {
  fkJoin: foreignJoin('join'),
  fkLeftJoin: foreignJoin('leftJoin'),
  join: join('join'),
  leftJoin: join('leftJoin'),
  outerJoin: join('outerJoin'),
};
