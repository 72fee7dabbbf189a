import { defineConfig } from 'drizzle-kit';

const CONFIGS = {
  sqlite: { dialect: 'sqlite', schema: './src/store/sqlite/schema.ts', out: './migrations' },
  postgres: {
    dialect: 'postgresql',
    schema: './src/store/postgres/schema/*.ts',
    out: './migrations/postgres',
  },
} as const;

/** ENGINE=postgres generates migrations for PostgreSQL. */
export default defineConfig(process.env.ENGINE === 'postgres' ? CONFIGS.postgres : CONFIGS.sqlite);
