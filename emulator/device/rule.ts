import { z } from 'zod';

/**
 * A rule over several values: `check` sees them once all that `parts` names are right, whatever else is wrong. So every
 * mistake of a profile is found at once.
 */
export function rule<Parts extends z.ZodType>(
  parts: Parts,
  check: (values: z.output<Parts>, context: z.RefinementCtx) => void,
) {
  return z.superRefine<unknown>(
    (value, context) => {
      const { success, data } = parts.safeParse(value);
      if (success) check(data, context);
    },
    { when: () => true },
  );
}
