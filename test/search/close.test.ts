import { openTestStore } from '../helpers/test-mirror.ts';
import { describeCloseMatches } from './describe-close.ts';

describeCloseMatches(() => openTestStore());
