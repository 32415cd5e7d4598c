/** `npm run lab -- up | down | status | exec HOST -- COMMAND…` */
import '../test/lab/cli.ts';
