/** What the command line says of a new task; what is missing is asked for. */
export interface NewArguments {
  readonly file?: string;
  readonly from: string;
  readonly train?: string;
  readonly id?: string;
  readonly title?: string;
  readonly label?: string;
  readonly labels?: string;
  readonly text?: string;
  /** "label=word", or "label=word,word" */
  readonly word?: readonly string[];
  readonly answer?: readonly string[];
  readonly answersFrom?: string;
  readonly metric?: string;
  readonly force: boolean;
}
