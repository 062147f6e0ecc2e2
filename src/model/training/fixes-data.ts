/** What the vehicles of one part of a file of fixes gave. */
export interface FixesPart {
  readonly vehicles: number;
  /** ISO 8601, of the first fix. */
  readonly from: string;
  readonly to: string;
  readonly fixes: number;
  /** Fixes that the windower rejects, by code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Cells entered. */
  readonly items: number;
  /** Cells entered whose successor is known. */
  readonly transitions: number;
}

/** Recorded movement that a model was made from: no vehicle is in two parts. */
export interface FixesData {
  readonly kind: 'fixes';
  readonly city: string;
  /** Who recorded the movement, as it is to be cited. */
  readonly source: string;
  readonly terms?: string | undefined;
  /** SHA-256 of the file of fixes, unpacked, hex. */
  readonly fileDigest: string;
  /** What decides, with a vehicle's id, the part that it belongs to. */
  readonly split: {
    readonly seed: number;
    /** Per cent of the vehicles. */
    readonly percent: {
      readonly training: number;
      readonly validation: number;
      readonly test: number;
    };
  };
  /** Lines of the file that were no fixes, by code. */
  readonly badLines: Readonly<Record<string, number>>;
  /** Fixes outside of the city's area. */
  readonly outside: number;
  readonly training: FixesPart;
  readonly validation: FixesPart;
  readonly test: FixesPart;
}
