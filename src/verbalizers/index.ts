export { type AnswerSource, addSpace, getAnswers, type LabelWords } from "./answers.js";
