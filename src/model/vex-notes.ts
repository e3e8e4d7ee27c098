/** How the note of a statement begins that only asks for a decision. Whoever reads the document back takes it for nobody's words. */
export const toDecide = 'To decide:'

/** What stands in the place of an author until somebody signs. */
export const unsigned = 'Put your name here'
