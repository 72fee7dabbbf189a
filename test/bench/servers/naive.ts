/** The way one would write it first: a drizzle query a request, parse, `c.json`. Usage: naive.ts PORT DATA_DIR */
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { Hono } from 'hono';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { tasks } from '../../../src/store/sqlite/schema.ts';

const [port, dataDir] = process.argv.slice(2);
const db = drizzle(new Database(join(dataDir ?? '', 'mirror.db'), { readonly: true }));

const app = new Hono().post('/flux/tasks', async (c) => {
  const { id } = await c.req.json<{ id: string }>();
  const [task] = await db.select().from(tasks).where(eq(tasks.id, id));
  if (!task) return c.json({ success: false }, 404);
  return c.json(JSON.parse(task.document) as object);
});
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' }, () => console.log('ready'));
