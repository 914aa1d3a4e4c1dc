export { type AnswerSource, answerColumns, answersFor, type LabelWords, withSpace } from "./answers.js";
