export { type AnswerSource, answersFor, type LabelWords, withSpace } from "./answers.js";
