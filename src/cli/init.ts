import { Command, Option } from 'commander';

/** What `stagecoach init` was asked for: answers as they were given. */
export interface InitFlags {
  /** West, south, east, north, in degrees. */
  readonly bbox?: string;
  /** GeoJSON file. */
  readonly polygon?: string;
  readonly name?: string;
  readonly timeZone?: string;
  /** Metres. */
  readonly cellSize?: string;
  /** GeoJSON file, or `none`. */
  readonly roads?: string;
  readonly source?: string;
  /** Folder that the city's model will be in. */
  readonly model?: string;
  /** Folder that gets the files. */
  readonly out?: string;
  readonly force: boolean;
  /** Take what is proposed, and ask nothing. */
  readonly yes: boolean;
}

/** `stagecoach init`: makes the files that another city needs. */
export function initCommand(): Command {
  return new Command('init')
    .description('make a city file and settings for a city of your own; asks for what no flag says')
    .addOption(
      new Option('--bbox <w,s,e,n>', 'area: a box in degrees, its western edge first').conflicts(
        'polygon',
      ),
    )
    .option('--polygon <file>', 'area: GeoJSON with Polygons or MultiPolygons')
    .option('--name <name>', 'of city and pipeline (default: that of the GeoJSON file)')
    .option('--time-zone <zone>', 'IANA name, such as Asia/Seoul')
    .option('--cell-size <metres>', 'side of a cell (default: 500)')
    .option('--roads <file>', 'GeoJSON with lines: cells are the squares that they pass')
    .option('--source <text>', 'who recorded the fixes, for the model card (default: own fixes)')
    .option('--model <dir>', 'where the model will be (default: models/NAME beside the files)')
    .option('--out <dir>', 'folder that gets the files (default: NAME)')
    .option('--force', 'replace files that are there', false)
    .option('--yes', 'ask nothing: take what would be proposed', false)
    .action(async (flags: InitFlags) => {
      const { runInit } = await import('./init/init-run.js');
      await runInit(flags);
    });
}
