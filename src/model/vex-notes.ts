/** How the note of a statement begins that only asks for a decision. Whoever reads the document back takes it for nobody's words. */
export const toDecide = 'To decide:'
