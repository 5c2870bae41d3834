import { defineConfig } from 'vitest/config'
import { TotalsReporter } from './test/reporter.ts'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/specs/prepare.ts', 'test/control-plane/setup.ts'],
    setupFiles: ['test/specs/setup.ts'],
    reporters: ['default', new TotalsReporter()],
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: [
        'src/api/**',
        'src/**/*.test.ts',
        'src/**/testing/**',
        'src/**/testkit.ts',
        'src/provider/conformance/**',
      ],
      reporter: ['text-summary'],
      reportOnFailure: true,
    },
  },
})
