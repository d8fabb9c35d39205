import { mkdirSync, writeFileSync } from 'node:fs'
import { TIME_LINES, timeLines } from './time-lines.js'

mkdirSync(TIME_LINES, { recursive: true })
for (const { path, picture } of timeLines()) writeFileSync(path, picture)
